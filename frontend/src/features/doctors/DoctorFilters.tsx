import { useId } from 'react';
import styles from '@/features/doctors/doctors.module.css';
import type { DoctorFilter } from '@/features/doctors/filter_doctors';
import { useI18n } from '@/shared/i18n/i18n';
import { specialtyName } from '@/shared/i18n/specialty';
import { Choices } from '@/shared/ui/Choices';
import { Skeleton } from '@/shared/ui/Skeleton';
import { Field } from '@/shared/ui/Field';

interface Props {
    /** null: not known yet; the space is kept. */
    specialties: string[] | null;
    filter: DoctorFilter;
    count: number | null;
    onChange: (filter: DoctorFilter) => void;
}

const kAll = '';

export function DoctorFilters({ specialties, filter, count, onChange }: Props) {
    const i18n = useI18n();
    const { t } = i18n;
    const id = useId();
    const choices = [
        { value: kAll, label: t('doctors.all') },
        ...(specialties ?? []).map((each) => ({ value: each, label: specialtyName(i18n, each) })),
    ];
    return (
        <search className={styles.filters}>
            <Field
                label={t('doctors.search')}
                type="search"
                placeholder={t('doctors.searchPlaceholder')}
                autoComplete="off"
                value={filter.words}
                readOnly={specialties === null}
                onChange={(event) => onChange({ ...filter, words: event.target.value })}
            />
            {specialties === null ? (
                <div className={styles.chipsPending}>
                    <Skeleton height="100%" />
                </div>
            ) : (
                <Choices
                    legend={t('doctors.specialty')}
                    look="row"
                    choices={choices}
                    value={filter.specialty ?? kAll}
                    onChange={(value) => onChange({ ...filter, specialty: value === kAll ? null : value })}
                />
            )}
            <p id={id} role="status" className={styles.count}>
                {count === null ? '\u00a0' : t('doctors.count', { count })}
            </p>
        </search>
    );
}
