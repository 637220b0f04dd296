import type { ReactNode } from 'react';
import styles from '@/shared/ui/card.module.css';

export function Card({ children, labelledBy }: { children: ReactNode; labelledBy?: string }) {
    return (
        <section className={styles.card} aria-labelledby={labelledBy}>
            {children}
        </section>
    );
}
