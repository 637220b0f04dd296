import { at, clinicTime, fromNow, insertAppointment, insertPatient, inWords, newPerson, sql, workday } from '../support/clinic.ts';
import { expect, expectAccessible, patientPath, remember, test } from '../support/page.ts';

test.use({ locale: 'es-MX' });

test('a browser that speaks Spanish books in Spanish', async ({ page }, { project }) => {
    const day = workday(project.name === 'phone' ? 14 : 15);
    const rival = insertPatient(newPerson('Alguien Más'));
    await page.goto('/');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Encuentre a su médico');
    await expect(page.locator('html')).toHaveAttribute('lang', 'es');
    await expect(page.getByText('Cardiología').first()).toBeVisible();
    await expect(page.locator('meta[name=description]')).toHaveAttribute('content', /reserve, cambie o cancele su cita/);
    // The clinic writes of its doctors in English, and a screen reader must read that as English.
    await expect(page.getByText('board-certified').first()).toHaveAttribute('lang', 'en');
    await expectAccessible(page);

    await page.goto(`/book/6/day/${day}`);
    await expect(page.getByRole('heading', { name: inWords(day, 'es-US') })).toBeVisible();
    await expect(page.getByText('Todas las horas son de hora oriental')).toBeVisible();
    await page.goto(patientPath(6, at(day, '09:00')));
    const person = newPerson('Rosa Álvarez');
    await page.getByRole('button', { name: 'Continuar' }).click();
    await expect(page.getByText('Escriba el nombre completo')).toBeVisible();
    await page.getByLabel('Nombre completo').fill(person.name);
    await page.getByLabel('Día', { exact: true }).fill('7');
    await page.getByLabel('Mes').fill('3');
    await page.getByLabel('Año').fill('1956');
    await page.getByLabel('Correo electrónico').fill(person.email);
    await page.getByLabel('Teléfono móvil').fill(person.phone);
    await page.getByRole('button', { name: 'Continuar' }).click();
    await expect(page.getByRole('main')).toContainText('7 de marzo de 1956');
    await expect(page.getByRole('main')).toContainText('un cargo de $50');
    insertAppointment({ doctor: 6, patient: rival.id, start: clinicTime(day, '09:00') });
    await page.getByRole('button', { name: 'Confirmar la cita' }).click();
    await expect(page.getByRole('alert')).toContainText('Acaban de reservar esta hora.');
    await expect(page.getByRole('alert')).toContainText('Todavía libres este día:');
    await page.getByRole('alert').getByRole('button', { name: /^9:30/ }).click();
    await page.getByRole('button', { name: 'Confirmar la cita' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Su cita está reservada');
    // The messages come in the same language.
    expect(sql(`SELECT language FROM patients WHERE email = '${person.email}'`)).toBe('es');
});

test('the language can be changed at any time, and stays', { tag: '@once' }, async ({ page }) => {
    await page.goto('/cancellation-policy');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Política de cancelación');
    await page.getByRole('button', { name: 'English' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Cancellation policy');
    await page.reload();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Cancellation policy');
});

test('what was booked is moved and cancelled in Spanish, and a late one says why not', async ({ page }, { project }) => {
    const patient = insertPatient(newPerson('Lucía Ramos'));
    const [from, to] = project.name === 'phone' ? [workday(30), workday(32)] : [workday(31), workday(33)];
    const id = insertAppointment({ doctor: 10, patient: patient.id, start: clinicTime(from, '10:00') });
    insertAppointment({ doctor: project.name === 'phone' ? 9 : 10, patient: patient.id, start: fromNow('21 hours') });
    await remember(page, patient);
    await page.goto('/appointments');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Mis citas');
    await expect(page.getByText(/Faltan menos de 24 horas.*212-555-0140.*\$50/)).toBeVisible();
    await expectAccessible(page);
    await page.getByRole('link', { name: 'Canceladas' }).click();
    await expect(page.getByText('No hay citas canceladas')).toBeVisible();

    await page.goto(`/appointments/${id}/reschedule/${to}`);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Elija otra hora');
    await page.getByRole('button', { name: /^3:30/ }).click();
    const dialog = page.getByRole('alertdialog');
    await expect(dialog).toContainText('¿Cambiar la cita?');
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Sí, cambiarla' }).click();
    await expect(page.getByText(/^Su cita es ahora el .*3:30/)).toBeVisible();

    await page.getByRole('button', { name: /^Cancelar la cita/ }).last().click();
    await expect(dialog).toContainText('Ahora cancelar es gratis. Con menos de 24 horas de anticipación cuesta $50.');
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Sí, cancelarla' }).click();
    await expect(page.getByText('Su cita está cancelada.')).toBeVisible();
    expect(sql(`SELECT status, start_time = ${clinicTime(to, '15:30')} FROM appointments WHERE id = ${id}`)).toBe('cancelled|t');
});

test('the waitlist speaks Spanish', { tag: '@once' }, async ({ page }) => {
    await remember(page, insertPatient(newPerson('Manuel Soto')));
    await page.goto(`/waitlist?doctor=4&date=${workday(42)}`);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Lista de espera');
    await page.getByText('Por la tarde', { exact: true }).click();
    await page.getByRole('button', { name: 'Apuntarme a la lista' }).click();
    await expect(page.getByText('Está en la lista de espera')).toBeVisible();
    await page.getByRole('link', { name: 'Ver mis citas' }).click();
    await expect(page.getByRole('heading', { name: 'En espera para' })).toBeVisible();
    await page.getByRole('button', { name: `Salir de la lista de espera del ${inWords(workday(42), 'es-US')}` }).click();
    await expect(page.getByText(`Ya no espera para el ${inWords(workday(42), 'es-US')}.`)).toBeVisible();
});

test('where the Spanish texts do not come, the page is English and not blank', { tag: '@once' }, async ({ page }) => {
    await page.route('**/assets/es-*.js', (route) => route.abort());
    await page.goto('/');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Find your doctor');
    await expect(page.locator('html')).toHaveAttribute('lang', 'en');
});
