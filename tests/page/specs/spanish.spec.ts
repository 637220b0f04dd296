import { at, inWords, newPerson, sql, workday } from '../support/clinic.ts';
import { expect, expectAccessible, patientPath, test } from '../support/page.ts';

test.use({ locale: 'es-MX' });

test('a browser that speaks Spanish books in Spanish', async ({ page }, { project }) => {
    const day = workday(project.name === 'phone' ? 14 : 15);
    await page.goto('/');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Encuentre a su médico');
    await expect(page.locator('html')).toHaveAttribute('lang', 'es');
    await expect(page.getByText('Cardiología').first()).toBeVisible();
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
