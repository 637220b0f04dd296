import { useQuery } from '@tanstack/react-query';
import { DoctorCard, DoctorCardSkeleton } from '@/features/doctors/DoctorCard';
import { DoctorFilters } from '@/features/doctors/DoctorFilters';
import styles from '@/features/doctors/doctors.module.css';
import { filterDoctors, readFilter, specialtiesOf, writeFilter } from '@/features/doctors/filter_doctors';

import { doctorsQuery, nextTimesQuery } from '@/shared/api/queries';
import type { Doctor } from '@/shared/api/types';
import { useI18n } from '@/shared/i18n/i18n';
import { specialtyName } from '@/shared/i18n/specialty';
import { useNow } from '@/shared/time/use_now';
import { Button } from '@/shared/ui/Button';
import { Empty } from '@/shared/ui/Empty';
import { Failure } from '@/shared/ui/Failure';
import { PageTitle } from '@/shared/ui/PageTitle';
import { useAddressState } from '@/shared/ui/use_address_state';

const kSkeletons = [1, 2, 3, 4, 5, 6];

export function DoctorList() {
    const { t } = useI18n();
    const doctors = useQuery(doctorsQuery);
    return (
        <div className={styles.page}>
            <PageTitle title={t('doctors.title')}>
                <p>{t('doctors.lead')}</p>
            </PageTitle>
            {doctors.isSuccess && <Directory doctors={doctors.data} />}
            {doctors.isError && <Failure error={doctors.error} onRetry={() => void doctors.refetch()} />}
            {doctors.isPending && (
                <>
                    <DoctorFilters specialties={null} filter={{ specialty: null, words: '' }} count={null} onChange={() => undefined} />
                    <ul className={styles.list}>
                        {kSkeletons.map((each) => (
                            <DoctorCardSkeleton key={each} />
                        ))}
                    </ul>
                </>
            )}
        </div>
    );
}

/** The filter lives in the address, so that the back button returns to the same list. */
function Directory({ doctors }: { doctors: Doctor[] }) {
    const i18n = useI18n();
    const { t } = i18n;
    const now = useNow();
    const next = useQuery(nextTimesQuery);
    const [filter, change] = useAddressState(readFilter, writeFilter);
    const found = filterDoctors(doctors, filter, (specialty) => specialtyName(i18n, specialty));

    return (
        <>
            <DoctorFilters specialties={specialtiesOf(doctors)} filter={filter} count={found.length} onChange={change} />
            {found.length === 0 ? (
                <Empty title={t('doctors.noneTitle')} text={t('doctors.noneText')}>
                    <Button look="secondary" onClick={() => change({ specialty: null, words: '' })}>
                        {t('doctors.showAll')}
                    </Button>
                </Empty>
            ) : (
                <ul className={styles.list}>
                    {found.map((doctor, index) => (
                        <DoctorCard
                            key={doctor.id}
                            doctor={doctor}
                            isFirst={index < 4}
                            now={now}
                            next={next.data?.get(doctor.id)}
                            isNextPending={next.isPending}
                        />
                    ))}
                </ul>
            )}
        </>
    );
}
