import { useEffect, useRef, type ReactNode } from 'react';
import { useI18n } from '@/shared/i18n/i18n';
import { Notice } from '@/shared/ui/Notice';
import { refusalKey } from '@/shared/ui/refusal_key';

interface Props {
    error: unknown;
    /** The way on. */
    children?: ReactNode;
}

/** Why a change was not made. It comes into sight by itself: the button that asked for it may be a screen further down. */
export function Refusal({ error, children }: Props) {
    const { t } = useI18n();
    const place = useRef<HTMLDivElement>(null);
    useEffect(() => {
        place.current?.scrollIntoView({ block: 'nearest' });
    }, [error]);
    return (
        <div ref={place}>
            <Notice kind="error" title={t(refusalKey(error))}>
                {children}
            </Notice>
        </div>
    );
}
