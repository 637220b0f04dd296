import type { ReactNode } from 'react';
import { useI18n } from '@/shared/i18n/i18n';
import { IntoView } from '@/shared/ui/IntoView';
import { Notice } from '@/shared/ui/Notice';
import { refusalKey } from '@/shared/ui/refusal_key';

interface Props {
    error: unknown;
    /** The way on. */
    children?: ReactNode;
}

/** Why a change was not made. */
export function Refusal({ error, children }: Props) {
    const { t } = useI18n();
    return (
        <IntoView of={error}>
            <Notice kind="error" title={t(refusalKey(error))}>
                {children}
            </Notice>
        </IntoView>
    );
}
