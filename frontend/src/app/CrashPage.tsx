import { useI18n } from '@/shared/i18n/i18n';
import { Empty } from '@/shared/ui/Empty';
import { Button } from '@/shared/ui/Button';
import { PageTitle } from '@/shared/ui/PageTitle';

/** A mistake of ours, or a part of the page that did not arrive, as after a new version or without a network. */
export function CrashPage() {
    const { t } = useI18n();
    return (
        <>
            <PageTitle title={t('error.crashTitle')} />
            <Empty text={t('error.crashText')}>
                <Button onClick={() => window.location.reload()}>{t('error.reload')}</Button>
            </Empty>
        </>
    );
}
