-- The sample clinic: ten doctors with their hours, five patients. Runs any number of times: a doctor of the same name,
-- or a patient who is the same person, is left as the clinic has made it, hours included. The dates of creation are
-- fixed, so that the clinic is the same everywhere. Runs in one transaction, under the seeder's lock.

WITH sample (place, name, specialty, years, photo, bio) AS (VALUES
    (1, 'Dr. Sarah Johnson', 'General Practice', 14, 'sarah-johnson',
     'Dr. Johnson looks after families from the first check-up to the care of old age. She trained at the University of Michigan and has a special interest in preventive medicine and in the long-term care of diabetes and high blood pressure.'),
    (2, 'Dr. Michael Chen', 'General Practice', 9, 'michael-chen',
     'Dr. Chen completed his residency in family medicine at Mount Sinai. He takes time to explain, cares for many patients with asthma and allergies, and speaks English and Mandarin.'),
    (3, 'Dr. Emily Rodriguez', 'General Practice', 11, 'emily-rodriguez',
     'Dr. Rodriguez practises family medicine with a focus on women''s health and on travel medicine. Before she joined the clinic she worked for four years at a community health center in the Bronx. She speaks English and Spanish.'),
    (4, 'Dr. David Kim', 'Cardiology', 18, 'david-kim',
     'Dr. Kim is board-certified in cardiovascular disease and did his fellowship at Johns Hopkins. He treats heart failure and disorders of the heart rhythm, and leads the clinic''s program for patients after a heart attack.'),
    (5, 'Dr. Lisa Patel', 'Cardiology', 13, 'lisa-patel',
     'Dr. Patel specializes in the prevention of heart disease and in imaging of the heart. She advises patients with high cholesterol or a family history on what they can change, and on what is better treated.'),
    (6, 'Dr. James Wilson', 'Cardiology', 24, 'james-wilson',
     'Dr. Wilson has treated diseases of the heart valves and coronary arteries for more than twenty years. He taught at Columbia University and is known for clear second opinions before an operation.'),
    (7, 'Dr. Maria Garcia', 'Dermatology', 16, 'maria-garcia',
     'Dr. Garcia is a dermatologist with a focus on skin cancer screening and minor skin surgery. She also treats psoriasis and eczema in adults, and speaks English and Spanish.'),
    (8, 'Dr. Robert Taylor', 'Dermatology', 21, 'robert-taylor',
     'Dr. Taylor treats acne, rosacea and allergic skin disease in teenagers and adults. He trained at the University of Pennsylvania and helped to build the clinic''s patch-testing laboratory.'),
    (9, 'Dr. Jennifer Lee', 'Pediatrics', 10, 'jennifer-lee',
     'Dr. Lee cares for children from birth to eighteen. She has a special interest in newborns and in the development of young children, and offers the unhurried first visits that new parents ask for.'),
    (10, 'Dr. Christopher Brown', 'Pediatrics', 15, 'christopher-brown',
     'Dr. Brown is a pediatrician who also trained in sports medicine. He looks after school children and teenagers, with asthma and sports injuries as his daily work, and volunteers as a school team physician.')
), made AS (
    INSERT INTO doctors (name, specialty, bio, photo_url, years_of_experience, created_at)
    SELECT s.name, s.specialty, s.bio, '/photos/' || s.photo || '.svg', s.years, TIMESTAMP '2026-01-05 14:00'
      FROM sample s
     WHERE NOT EXISTS (SELECT 1 FROM doctors d WHERE d.name = s.name)
     ORDER BY s.place
    RETURNING id, name
)
-- Monday to Friday 8:00 to 18:00; Dr. Johnson Monday to Thursday 9:00 to 17:00.
INSERT INTO schedules (doctor_id, day_of_week, start_time, end_time)
SELECT m.id, day,
       CASE WHEN m.name = 'Dr. Sarah Johnson' THEN TIME '09:00' ELSE TIME '08:00' END,
       CASE WHEN m.name = 'Dr. Sarah Johnson' THEN TIME '17:00' ELSE TIME '18:00' END
  FROM made m, generate_series(1, 5) day
 WHERE NOT (m.name = 'Dr. Sarah Johnson' AND day = 5)
ON CONFLICT DO NOTHING;

-- The domain example.com and the numbers 555-01xx are reserved for examples: nothing can reach a person.
INSERT INTO patients (name, email, phone, date_of_birth, name_key, created_at)
VALUES ('Alice Thompson', 'alice.thompson@example.com', '212-555-0111', '1985-04-12', 'alice thompson', '2026-01-05 14:00'),
       ('Benjamin Carter', 'benjamin.carter@example.com', '212-555-0122', '1972-09-30', 'benjamin carter', '2026-01-05 14:00'),
       ('Carla Mendes', 'carla.mendes@example.com', '212-555-0133', '1994-01-23', 'carla mendes', '2026-01-05 14:00'),
       ('Daniel Okafor', 'daniel.okafor@example.com', '212-555-0144', '2001-07-08', 'daniel okafor', '2026-01-05 14:00'),
       ('Evelyn Novak', 'evelyn.novak@example.com', '212-555-0155', '1958-11-17', 'evelyn novak', '2026-01-05 14:00')
ON CONFLICT DO NOTHING;
