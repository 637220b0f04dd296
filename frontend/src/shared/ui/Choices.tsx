import { useId } from 'react';
import styles from '@/shared/ui/choices.module.css';

interface Choice<Value> {
    value: Value;
    label: string;
    hint?: string;
    unavailable?: boolean;
}

interface Props<Value> {
    legend: string;
    /** Cards with a hint below each other, or short words in a row. */
    look: 'cards' | 'row';
    choices: Choice<Value>[];
    value: Value | undefined;
    note?: string | undefined;
    onChange: (value: Value) => void;
}

/** One of a few, all visible: radio buttons, which arrow keys and screen readers know. */
export function Choices<Value extends string | number>(props: Props<Value>) {
    const { legend, look, choices, value, note, onChange } = props;
    const name = useId();
    return (
        <fieldset aria-describedby={note === undefined ? undefined : `${name}-note`}>
            <legend className={styles.legend}>{legend}</legend>
            <div className={styles[look]}>
                {choices.map((choice) => (
                    <label key={choice.value} className={styles.choice}>
                        <input
                            type="radio"
                            name={name}
                            value={choice.value}
                            checked={choice.value === value}
                            disabled={choice.unavailable ?? false}
                            onChange={() => onChange(choice.value)}
                        />
                        <span className={styles.words}>
                            <span className={styles.label}>{choice.label}</span>
                            {choice.hint !== undefined && <span className={styles.hint}>{choice.hint}</span>}
                        </span>
                    </label>
                ))}
            </div>
            {note !== undefined && (
                <p id={`${name}-note`} className={styles.note}>
                    {note}
                </p>
            )}
        </fieldset>
    );
}
