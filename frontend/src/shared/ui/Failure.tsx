import { hasStatus, Unreachable } from '@/shared/api/errors';
import { useI18n } from '@/shared/i18n/i18n';
import { Button } from '@/shared/ui/Button';
import { Notice } from '@/shared/ui/Notice';

interface Props {
    error: unknown;
    onRetry: () => void;
}

/** Something could not be fetched: which side it lies on, and a button. */
export function Failure({ error, onRetry }: Props) {
    const { t } = useI18n();
    const key = error instanceof Unreachable || hasStatus(error, 503) ? 'error.offline' : 'error.server';
    return (
        <Notice kind="error" title={t(key)}>
            <Button look="secondary" onClick={onRetry}>
                {t('error.retry')}
            </Button>
        </Notice>
    );
}
