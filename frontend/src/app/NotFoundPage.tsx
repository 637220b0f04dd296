import { useI18n } from '@/shared/i18n/i18n';
import { Empty } from '@/shared/ui/Empty';
import { ButtonLink } from '@/shared/ui/Button';
import { PageTitle } from '@/shared/ui/PageTitle';

export function NotFoundPage() {
    const { t } = useI18n();
    return (
        <>
            <PageTitle title={t('error.notFoundTitle')} />
            <Empty text={t('error.notFoundText')}>
                <ButtonLink to="/">{t('error.toDoctors')}</ButtonLink>
            </Empty>
        </>
    );
}
