import type { ComponentType } from 'react';

interface PageFile {
    /** As in the router's routes. Addresses with one component are one page, which keeps its state between them. */
    paths: string[];
    load: () => Promise<ComponentType>;
}

/**
 * Where each page is and which file it comes in; the list of doctors comes with the first load. Nothing here needs React: the
 * file of the page that is opened is asked for before React has arrived.
 */
export const pageFiles: PageFile[] = [
    {
        paths: ['book/:doctorId', 'book/:doctorId/day/:date'],
        load: async () => (await import('@/features/booking/DoctorAvailability')).DoctorAvailability,
    },
    { paths: ['book/:doctorId/patient'], load: async () => (await import('@/features/booking/BookingForm')).BookingForm },
    { paths: ['book/:doctorId/confirm'], load: async () => (await import('@/features/booking/ConfirmBooking')).ConfirmBooking },
    { paths: ['appointments'], load: async () => (await import('@/features/dashboard/PatientDashboard')).PatientDashboard },
    {
        paths: ['appointments/:appointmentId/booked'],
        load: async () => (await import('@/features/booking/BookingConfirmation')).BookingConfirmation,
    },
    {
        paths: ['appointments/:appointmentId/reschedule', 'appointments/:appointmentId/reschedule/:date'],
        load: async () => (await import('@/features/booking/Reschedule')).Reschedule,
    },
    { paths: ['waitlist'], load: async () => (await import('@/features/waitlist/WaitlistForm')).WaitlistForm },
    { paths: ['cancellation-policy'], load: async () => (await import('@/app/PolicyPage')).PolicyPage },
];

/** undefined: the list of doctors, or no page at all. */
export function pageFileAt(address: string): PageFile | undefined {
    const steps = address.split('/').filter(Boolean);
    const fits = (path: string): boolean => {
        const wanted = path.split('/');
        return wanted.length === steps.length && wanted.every((step, index) => step.startsWith(':') || step === steps[index]);
    };
    return pageFiles.find(({ paths }) => paths.some(fits));
}
