import { Suspense } from 'react';
import { Route, Routes } from 'react-router';
import { Layout } from '@/app/Layout';
import { NotFoundPage } from '@/app/NotFoundPage';
import { pageFileAt, pageFiles } from '@/app/page_files';
import { DoctorList } from '@/features/doctors/DoctorList';
import { part } from '@/shared/ui/part';
import { Skeleton } from '@/shared/ui/Skeleton';

// A page's file is fetched when somebody goes there, the old page staying till then.
const pages = pageFiles.map((file) => ({ file, Page: part(file.load) }));

/** Until then the page at an address cannot be drawn. */
export async function fetchPage(address: string): Promise<void> {
    const file = pageFileAt(address);
    await pages.find((page) => page.file === file)?.Page.fetch();
}

export function Pages() {
    return (
        <Layout>
            <Suspense fallback={<Skeleton height="30rem" round />}>
                <Routes>
                    <Route index element={<DoctorList />} />
                    {pages.map(({ file, Page }) => file.paths.map((path) => <Route key={path} path={path} element={<Page />} />))}
                    <Route path="*" element={<NotFoundPage />} />
                </Routes>
            </Suspense>
        </Layout>
    );
}
