import { useQuery } from '@tanstack/react-query';
import { clinicQuery } from '@/shared/api/queries';
import { Failure } from '@/shared/ui/Failure';
import { Skeleton } from '@/shared/ui/Skeleton';

export function Where() {
    const { data: clinic, error, refetch } = useQuery(clinicQuery);
    if (clinic === undefined) {
        return error === null ? <Skeleton width="14rem" height="2lh" /> : <Failure error={error} onRetry={() => void refetch()} />;
    }
    return (
        <>
            {clinic.name}
            <br />
            {clinic.address}
        </>
    );
}
