import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useLocation, useSearchParams } from 'react-router';
import { AppointmentCard } from '@/features/dashboard/AppointmentCard';
import { CancelDialog } from '@/features/dashboard/CancelDialog';
import { SignIn } from '@/features/dashboard/SignIn';
import { WaitingList } from '@/features/dashboard/WaitingList';
import { appointmentsQuery, kPageSize } from '@/features/dashboard/appointments';
import styles from '@/features/dashboard/dashboard.module.css';
import { hasStatus } from '@/shared/api/errors';
import type { Appointment, Category } from '@/shared/api/types';
import { useI18n, type MessageKey } from '@/shared/i18n/i18n';
import { forgetPatient, type RememberedPatient } from '@/shared/patient/remembered_patient';
import { usePatient } from '@/shared/patient/use_patient';
import { Button, ButtonLink } from '@/shared/ui/Button';
import { Empty } from '@/shared/ui/Empty';
import { Failure } from '@/shared/ui/Failure';
import { Notice } from '@/shared/ui/Notice';
import { PageTitle } from '@/shared/ui/PageTitle';
import { Skeleton } from '@/shared/ui/Skeleton';

const kCategories: Category[] = ['upcoming', 'past', 'cancelled'];

const kNone: Record<Category, [MessageKey, MessageKey]> = {
    upcoming: ['mine.noneUpcoming', 'mine.noneUpcomingText'],
    past: ['mine.nonePast', 'mine.nonePastText'],
    cancelled: ['mine.noneCancelled', 'mine.noneCancelledText'],
};

export function PatientDashboard() {
    const { remembered, details, error } = usePatient(true);
    if (remembered === null) return <SignIn />;
    return <Appointments key={remembered.id} patient={remembered} isTheirs={details !== undefined || error !== null} />;
}

/** Which list and which page is in the address. */
function Appointments({ patient, isTheirs }: { patient: RememberedPatient; isTheirs: boolean }) {
    const { t } = useI18n();
    const [search] = useSearchParams();
    const category = kCategories.find((each) => each === search.get('show')) ?? 'upcoming';
    const page = Math.max(1, Math.trunc(Number(search.get('page'))) || 1);
    const list = useQuery(appointmentsQuery(patient.id, category, page));
    const shown = isTheirs ? list.data : undefined;
    const [cancelling, setCancelling] = useState<Appointment | null>(null);
    const [notice, setNotice] = useNotice();

    if (hasStatus(list.error, 404)) return <SignIn />;
    return (
        <div className={styles.page}>
            <div className={styles.top}>
                <PageTitle title={t('mine.title')}>
                    <p>{t('mine.for', { name: patient.name })}</p>
                </PageTitle>
                <ButtonLink look="secondary" to="/waitlist">
                    {t('mine.join')}
                </ButtonLink>
            </div>
            <div role="status">{notice !== null && <Notice kind="success" title={notice} />}</div>
            <WaitingList patientId={patient.id} onLeft={setNotice} />
            <nav className={styles.tabs} aria-label={t('mine.lists')}>
                {kCategories.map((each) => (
                    <Link key={each} to={`?show=${each}`} aria-current={each === category ? 'page' : undefined}>
                        {t(`mine.${each}`)}
                    </Link>
                ))}
            </nav>
            {shown === undefined && !list.isError && <Skeletons />}
            {list.isError && <Failure error={list.error} onRetry={() => void list.refetch()} />}
            {shown?.total === 0 && (
                <Empty title={t(kNone[category][0])} text={t(kNone[category][1])}>
                    {category === 'upcoming' && <ButtonLink to="/">{t('error.toDoctors')}</ButtonLink>}
                </Empty>
            )}
            {shown && shown.total > 0 && (
                <>
                    <ul className={styles.list}>
                        {shown.appointments.map((appointment) => (
                            <AppointmentCard key={appointment.id} appointment={appointment} category={category} onCancel={setCancelling} />
                        ))}
                    </ul>
                    <Pages page={page} pages={Math.ceil(shown.total / kPageSize)} category={category} />
                </>
            )}
            <p className={styles.forget}>
                {t('mine.notMe', { name: patient.name })}{' '}
                <Button look="quiet" onClick={forgetPatient}>
                    {t('mine.forget')}
                </Button>
            </p>
            {cancelling !== null && (
                <CancelDialog
                    appointment={cancelling}
                    onClose={() => setCancelling(null)}
                    onCancelled={(done) => {
                        setCancelling(null);
                        setNotice(done);
                    }}
                />
            )}
        </div>
    );
}

/** What just happened; another page, such as rescheduling, may hand it over. */
function useNotice() {
    const state: unknown = useLocation().state;
    const handed = typeof state === 'object' && state !== null && 'notice' in state && typeof state.notice === 'string' ? state.notice : null;
    return useState<string | null>(handed);
}

function Pages({ page, pages, category }: { page: number; pages: number; category: Category }) {
    const { t } = useI18n();
    if (pages <= 1) return null;
    return (
        <nav className={styles.pages} aria-label={t('mine.pages')}>
            {page > 1 && (
                <ButtonLink look="secondary" to={`?show=${category}&page=${page - 1}`}>
                    {t('mine.earlier')}
                </ButtonLink>
            )}
            <span>{t('mine.page', { page, pages })}</span>
            {page < pages && (
                <ButtonLink look="secondary" to={`?show=${category}&page=${page + 1}`}>
                    {t('mine.later')}
                </ButtonLink>
            )}
        </nav>
    );
}

function Skeletons() {
    return (
        <div className={styles.list} aria-hidden="true">
            <Skeleton height="11rem" round />
            <Skeleton height="11rem" round />
        </div>
    );
}
