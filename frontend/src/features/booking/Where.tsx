import { useClinic } from '@/shared/api/queries';
import { Skeleton } from '@/shared/ui/Skeleton';

export function Where() {
    const clinic = useClinic();
    if (clinic === undefined) return <Skeleton width="14rem" height="2lh" />;
    return (
        <>
            {clinic.name}
            <br />
            {clinic.address}
        </>
    );
}
