/** A phone number while it is typed, as XXX-XXX-XXXX. A leading +1 or 1 is what people add from habit. */
export function formatPhone(typed: string): string {
    const digits = typed.replace(/\D/g, '').replace(/^1/, '').slice(0, 10);
    const groups = [digits.slice(0, 3), digits.slice(3, 6), digits.slice(6)];
    return groups.filter((group) => group !== '').join('-');
}

/**
 * Where the caret belongs after formatting: behind the same digit as before. `before` is what stood in front of the caret.
 */
export function caretAfter(formatted: string, before: string): number {
    let digits = before.replace(/\D/g, '').length;
    let position = 0;
    while (digits > 0 && position < formatted.length) {
        if (/\d/.test(formatted.charAt(position))) digits -= 1;
        position += 1;
    }
    return position;
}
