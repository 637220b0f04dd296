import { useEffect, useRef, type ReactNode } from 'react';
import { useLocation } from 'react-router';
import { useClinic } from '@/shared/api/queries';
import { useI18n } from '@/shared/i18n/i18n';
import styles from '@/shared/ui/page.module.css';

interface Props {
    title: string;
    children?: ReactNode;
}

/** The heading of a page. It names the browser's tab, and has the focus when the page was reached from another one. */
export function PageTitle({ title, children }: Props) {
    const { t } = useI18n();
    const clinic = useClinic()?.name;
    const heading = useRef<HTMLHeadingElement>(null);
    const { pathname, key } = useLocation();
    const isFirstPage = key === 'default';

    useEffect(() => {
        document.title = clinic === undefined ? title : t('title.suffix', { title, clinic });
    }, [t, title, clinic]);

    useEffect(() => {
        if (!isFirstPage) heading.current?.focus({ preventScroll: true });
    }, [pathname, isFirstPage]);

    return (
        <div className={styles.title}>
            <h1 ref={heading} tabIndex={-1}>
                {title}
            </h1>
            {children}
        </div>
    );
}
