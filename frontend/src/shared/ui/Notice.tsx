import type { ReactNode } from 'react';
import styles from '@/shared/ui/notice.module.css';

interface Props {
    kind: 'success' | 'error';
    title?: string;
    children?: ReactNode;
}

const kMarks = { success: '✓', error: '!' };

/** An error interrupts a screen reader, a success waits for a pause. */
export function Notice({ kind, title, children }: Props) {
    return (
        <div className={`${styles.notice} ${styles[kind]}`} role={kind === 'error' ? 'alert' : 'status'}>
            <span className={styles.mark} aria-hidden="true">
                {kMarks[kind]}
            </span>
            <div className={styles.text}>
                {title !== undefined && <p className={styles.title}>{title}</p>}
                {children}
            </div>
        </div>
    );
}
