import { useId, type InputHTMLAttributes, type Ref } from 'react';
import styles from '@/shared/ui/field.module.css';

type Props = Omit<InputHTMLAttributes<HTMLInputElement>, 'id' | 'className'> & {
    label: string;
    hint?: string;
    error?: string | undefined;
    ref?: Ref<HTMLInputElement>;
};

export function Field({ label, hint, error, ...input }: Props) {
    const id = useId();
    return (
        <div className={styles.field}>
            <label htmlFor={id} className={styles.label}>
                {label}
            </label>
            {hint !== undefined && (
                <p id={`${id}-hint`} className={styles.hint}>
                    {hint}
                </p>
            )}
            <FieldError id={`${id}-error`} error={error} />
            <input
                {...input}
                id={id}
                className={styles.input}
                aria-invalid={error !== undefined}
                aria-describedby={describedBy(id, hint, error)}
            />
        </div>
    );
}

/** Above the input, where it is seen with a keyboard on the screen. */
export function FieldError({ id, error }: { id: string; error: string | undefined }) {
    if (error === undefined) return null;
    return (
        <p id={id} className={styles.error}>
            {error}
        </p>
    );
}

export function describedBy(id: string, hint: string | undefined, error: string | undefined): string | undefined {
    const ids = [hint !== undefined && `${id}-hint`, error !== undefined && `${id}-error`].filter(Boolean);
    return ids.length > 0 ? ids.join(' ') : undefined;
}
