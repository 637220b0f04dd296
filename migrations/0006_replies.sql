-- A patient's text comes with nothing but a phone number.
CREATE INDEX patients_by_phone ON patients (phone);
