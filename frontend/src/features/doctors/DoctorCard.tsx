import { useId } from 'react';
import styles from '@/features/doctors/doctors.module.css';
import type { Doctor } from '@/shared/api/types';
import { useI18n, type I18n } from '@/shared/i18n/i18n';
import { specialtyName } from '@/shared/i18n/specialty';
import { shortWhen } from '@/shared/time/when_text';
import { ButtonLink } from '@/shared/ui/Button';
import { Portrait } from '@/shared/ui/Portrait';
import { Skeleton } from '@/shared/ui/Skeleton';

interface Props {
    doctor: Doctor;
    /** Seen without scrolling: its portrait is fetched at once. */
    isFirst: boolean;
    now: Date;
    /** The next free time, null for none, undefined where it is not known. */
    next: string | null | undefined;
    isNextPending: boolean;
}

/** The clinic writes of its doctors in one language, whatever the page around it speaks: a screen reader must know. */
const kBiosLanguage = 'en';

export function DoctorCard({ doctor, isFirst, now, next, isNextPending }: Props) {
    const i18n = useI18n();
    const { t } = i18n;
    const id = useId();
    return (
        <li className={styles.card} aria-labelledby={id}>
            <Portrait photoUrl={doctor.photo_url} name={doctor.name} size={112} eager={isFirst} />
            <div className={styles.who}>
                <h2 id={id} className={styles.name}>
                    {doctor.name}
                </h2>
                <p className={styles.specialty}>{specialtyName(i18n, doctor.specialty)}</p>
                <p className={styles.years}>{t('doctors.years', { count: doctor.years_of_experience })}</p>
            </div>
            <p className={styles.bio} lang={kBiosLanguage}>
                {doctor.bio}
            </p>
            <div className={styles.act}>
                <p className={next === null ? styles.never : styles.next}>
                    {isNextPending ? <Skeleton width="9rem" /> : nextText(i18n, next, now)}
                </p>
                <ButtonLink to={`/book/${doctor.id}`} aria-label={t('doctors.bookWith', { name: doctor.name })}>
                    {t('doctors.book')}
                </ButtonLink>
            </div>
        </li>
    );
}

function nextText(i18n: I18n, next: string | null | undefined, now: Date): string {
    if (next === undefined) return i18n.t('doctors.nextUnknown');
    if (next === null) return i18n.t('doctors.nextNone');
    return i18n.t('doctors.next', { when: shortWhen(i18n, next, now) });
}

export function DoctorCardSkeleton() {
    return (
        <li className={styles.card} aria-hidden="true">
            <Skeleton width="112px" height="112px" round />
            <div className={styles.who}>
                <Skeleton width="80%" height="1.4rem" />
                <Skeleton width="50%" />
            </div>
            <div className={styles.bio}>
                <Skeleton height="6rem" />
            </div>
            <div className={styles.act}>
                <Skeleton width="9rem" />
                <Skeleton width="11rem" height="3rem" />
            </div>
        </li>
    );
}
