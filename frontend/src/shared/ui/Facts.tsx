import type { ReactNode } from 'react';
import styles from '@/shared/ui/facts.module.css';

export interface Fact {
    label: string;
    value: ReactNode;
    /** Such as a link that changes it. */
    action?: ReactNode;
}

export function Facts({ facts }: { facts: Fact[] }) {
    return (
        <dl className={styles.facts}>
            {facts.map(({ label, value, action }) => (
                <div key={label} className={styles.fact}>
                    <dt>{label}</dt>
                    <dd>{value}</dd>
                    {action !== undefined && <dd className={styles.action}>{action}</dd>}
                </div>
            ))}
        </dl>
    );
}
