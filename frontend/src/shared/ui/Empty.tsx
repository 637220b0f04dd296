import type { ReactNode } from 'react';
import styles from '@/shared/ui/empty.module.css';

interface Props {
    title?: string;
    text: string;
    children?: ReactNode;
}

/** Nothing to show: what that means, and what to do now. */
export function Empty({ title, text, children }: Props) {
    return (
        <div className={styles.empty}>
            {title !== undefined && <h2>{title}</h2>}
            <p>{text}</p>
            {children !== undefined && <div className={styles.actions}>{children}</div>}
        </div>
    );
}
