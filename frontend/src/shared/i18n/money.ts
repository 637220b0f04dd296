/** "$50", and "$49.50" where there are cents. */
export function formatMoney(locale: string, cents: number): string {
    return new Intl.NumberFormat(locale, {
        style: 'currency',
        currency: 'USD',
        currencyDisplay: 'narrowSymbol',
        minimumFractionDigits: cents % 100 === 0 ? 0 : 2,
    }).format(cents / 100);
}
