/** The one dialog: asks for what a command needs, sends it, and shows what the sandbox has to say against it beside the field. */
import { both, el } from './dom.js';

const dialog = document.getElementById('asking');
const form = dialog.querySelector('form');
const fields = document.getElementById('asking-fields');
const complaint = document.getElementById('asking-error');
const send = document.getElementById('asking-send');

let current;

/**
 * @param {{title: string[], about?: string, fields: object[], confirm: string[], danger?: boolean, send: Function}} question
 *   a field: {name, label: [zh, en], type?, value?, options?, hint?, required?, inputmode?}; `send` gets the values, empty ones left out
 */
export function ask(question) {
  current = question;
  document.getElementById('asking-title').replaceChildren(...both(question.title));
  const about = document.getElementById('asking-about');
  about.textContent = question.about ?? '';
  about.hidden = question.about === undefined;
  fields.replaceChildren(...question.fields.map(fieldOf));
  send.replaceChildren(...both(question.confirm));
  send.className = question.danger ? 'danger' : 'primary';
  complain('');
  dialog.showModal();
  fields.querySelector('input, select')?.focus();
}

document.getElementById('asking-cancel').addEventListener('click', () => dialog.close());

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  complain('');
  const missing = current.fields.filter((field) => field.required && valueOf(field) === undefined);
  if (missing.length > 0) {
    missing.forEach((field) => complainAbout(field.name, '必填 · needed'));
    fields.querySelector('[aria-invalid]')?.focus();
    return;
  }
  send.disabled = true;
  try {
    await current.send(Object.fromEntries(current.fields.map((field) => [field.name, valueOf(field)])));
    dialog.close();
  } catch (error) {
    const unplaced = (error.errors ?? []).filter(({ field, message }) => !complainAbout(field, message));
    complain([error.message, ...unplaced.map(({ field, message }) => `${field}: ${message}`)].join(' — '));
    fields.querySelector('[aria-invalid]')?.focus();
  } finally {
    send.disabled = false;
  }
});

function fieldOf({ name, label, type = 'text', value = '', options, hint, required = false, inputmode }) {
  const id = `asking-${name}`;
  const shared = { id, name, 'aria-describedby': `${id}-hint ${id}-error`, 'aria-required': required || undefined };
  const control =
    options === undefined
      ? el('input', { ...shared, type, inputmode, autocomplete: 'off', checked: type === 'checkbox' && value === true })
      : el(
          'select',
          shared,
          options.map(([option, words]) => el('option', { value: option, selected: option === value }, words)),
        );
  if (type !== 'checkbox' && options === undefined) control.value = value;
  return el(
    'div',
    { class: type === 'checkbox' ? 'field check' : 'field' },
    el('label', { for: id }, both(label)),
    control,
    el('p', { id: `${id}-hint`, class: 'hint' }, hint === undefined ? null : hint),
    el('p', { id: `${id}-error`, class: 'error' }),
  );
}

/** Text without the spaces around it, a check box's boolean, or undefined where nothing was given. */
function valueOf({ name, type }) {
  const control = form.elements[name];
  if (type === 'checkbox') return control.checked;
  const text = control.value.trim();
  return text === '' ? undefined : text;
}

function complain(text) {
  complaint.textContent = text;
  complaint.hidden = text === '';
  if (text !== '') return;
  fields.querySelectorAll('.error').forEach((place) => (place.textContent = ''));
  fields.querySelectorAll('[aria-invalid]').forEach((control) => control.removeAttribute('aria-invalid'));
}

/** @returns whether there is such a field; `callbackLadder.2` is about `callbackLadder`, `rules.0.ms` about `ms` */
function complainAbout(field, message) {
  const name = field.split('.').findLast((part) => document.getElementById(`asking-${part}-error`) !== null);
  if (name === undefined) return false;
  document.getElementById(`asking-${name}-error`).textContent = message;
  form.elements[name].setAttribute('aria-invalid', 'true');
  return true;
}
