import styles from '@/features/booking/booking.module.css';
import { useI18n } from '@/shared/i18n/i18n';
import { specialtyName } from '@/shared/i18n/specialty';
import { Portrait } from '@/shared/ui/Portrait';
import { Skeleton } from '@/shared/ui/Skeleton';

/** undefined: not known yet. */
export function DoctorStrip({ doctor }: { doctor: { name: string; specialty: string; photo_url?: string } | undefined }) {
    const i18n = useI18n();
    return (
        <div className={styles.strip}>
            {doctor === undefined ? (
                <>
                    <Skeleton width="64px" height="64px" round />
                    <Skeleton width="12rem" height="3rem" />
                </>
            ) : (
                <>
                    <Portrait photoUrl={doctor.photo_url ?? ''} name={doctor.name} size={64} eager />
                    <p>
                        <strong>{doctor.name}</strong>
                        <span>{specialtyName(i18n, doctor.specialty)}</span>
                    </p>
                </>
            )}
        </div>
    );
}
