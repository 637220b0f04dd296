import type { components } from '@/shared/api/schema';

type Schemas = components['schemas'];

export type Appointment = Schemas['Appointment'];
export type Category = Schemas['Category'];
export type DayAvailability = Schemas['DayAvailability'];
export type Doctor = Schemas['Doctor'];
export type Duration = Schemas['Duration'];
export type NewPatient = Schemas['NewPatient'];
export type Patient = Schemas['Patient'];
export type PatientWaitlistEntry = Schemas['PatientWaitlistEntry'];
export type RangeAvailability = Schemas['RangeAvailability'];
export type Slot = Schemas['Slot'];
export type TimeRange = Schemas['TimeRange'];
export type VisitType = Schemas['VisitType'];
