import { useI18n } from '@/shared/i18n/i18n';
import { ButtonLink } from '@/shared/ui/Button';
import { Empty } from '@/shared/ui/Empty';
import { PageTitle } from '@/shared/ui/PageTitle';

export function UnknownDoctor() {
    const { t } = useI18n();
    return (
        <>
            <PageTitle title={t('date.unknownDoctorTitle')} />
            <Empty text={t('date.unknownDoctorText')}>
                <ButtonLink to="/">{t('error.toDoctors')}</ButtonLink>
            </Empty>
        </>
    );
}
