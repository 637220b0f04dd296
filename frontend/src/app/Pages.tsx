import { lazy, Suspense, type ComponentType } from 'react';
import { Route, Routes } from 'react-router';
import { Layout } from '@/app/Layout';
import { NotFoundPage } from '@/app/NotFoundPage';
import { DoctorList } from '@/features/doctors/DoctorList';
import { Skeleton } from '@/shared/ui/Skeleton';

// The list of doctors comes with the first load; every other page when somebody goes there, the old one staying till then.
const DoctorAvailability = page(async () => (await import('@/features/booking/DoctorAvailability')).DoctorAvailability);
const BookingForm = page(async () => (await import('@/features/booking/BookingForm')).BookingForm);
const ConfirmBooking = page(async () => (await import('@/features/booking/ConfirmBooking')).ConfirmBooking);
const BookingConfirmation = page(async () => (await import('@/features/booking/BookingConfirmation')).BookingConfirmation);
const Reschedule = page(async () => (await import('@/features/booking/Reschedule')).Reschedule);
const PatientDashboard = page(async () => (await import('@/features/dashboard/PatientDashboard')).PatientDashboard);
const WaitlistForm = page(async () => (await import('@/features/waitlist/WaitlistForm')).WaitlistForm);
const PolicyPage = page(async () => (await import('@/app/PolicyPage')).PolicyPage);

function page(load: () => Promise<ComponentType>) {
    return lazy(async () => ({ default: await load() }));
}

export function Pages() {
    return (
        <Layout>
            <Suspense fallback={<Skeleton height="30rem" round />}>
                <Routes>
                    <Route index element={<DoctorList />} />
                    <Route path="book/:doctorId">
                        <Route index element={<DoctorAvailability />} />
                        <Route path="day/:date" element={<DoctorAvailability />} />
                        <Route path="patient" element={<BookingForm />} />
                        <Route path="confirm" element={<ConfirmBooking />} />
                    </Route>
                    <Route path="appointments">
                        <Route index element={<PatientDashboard />} />
                        <Route path=":appointmentId/booked" element={<BookingConfirmation />} />
                        <Route path=":appointmentId/reschedule" element={<Reschedule />} />
                        <Route path=":appointmentId/reschedule/:date" element={<Reschedule />} />
                    </Route>
                    <Route path="waitlist" element={<WaitlistForm />} />
                    <Route path="cancellation-policy" element={<PolicyPage />} />
                    <Route path="*" element={<NotFoundPage />} />
                </Routes>
            </Suspense>
        </Layout>
    );
}
