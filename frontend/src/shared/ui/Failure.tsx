import { useI18n } from '@/shared/i18n/i18n';
import { Button } from '@/shared/ui/Button';
import { Notice } from '@/shared/ui/Notice';
import { refusalKey } from '@/shared/ui/refusal_key';

interface Props {
    error: unknown;
    onRetry: () => void;
}

/** Something could not be fetched: which side it lies on, and a button. */
export function Failure({ error, onRetry }: Props) {
    const { t } = useI18n();
    return (
        <Notice kind="error" title={t(refusalKey(error))}>
            <Button look="secondary" onClick={onRetry}>
                {t('error.retry')}
            </Button>
        </Notice>
    );
}
