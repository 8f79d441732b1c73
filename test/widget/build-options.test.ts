import { describe, expect, test } from '@jest/globals';
import { widgetOptions } from '../../scripts/widget/options.ts';

describe('the options of build:widget', () => {
  test('the back end’s address comes from --backend, else from PUBLIC_URL, else it is this machine', () => {
    const environment = { PUBLIC_URL: 'https://public.example' };
    expect(widgetOptions(['--backend', 'https://export.example/'], environment).backend).toBe('https://export.example');
    expect(widgetOptions([], environment).backend).toBe('https://public.example');
    expect(widgetOptions([], {}).backend).toBe('http://127.0.0.1:3000');
    expect(widgetOptions(['--backend', 'https://a.example/export/'], {}).backend).toBe('https://a.example/export');
  });

  test.each([
    ['export.example', '--backend: expected an address'],
    ['http://export.example', 'must be https'],
    ['javascript:alert(1)', 'must be https'],
    ['https://user:secret@export.example', 'no query, fragment or password'],
    ['https://export.example/?a=1', 'no query, fragment or password'],
  ])('%s is refused with what is wrong', (backend, problem) => {
    expect(() => widgetOptions(['--backend', backend], {})).toThrow(problem);
  });

  test('a misspelt option is an error, not overlooked', () => {
    expect(() => widgetOptions(['--bakend', 'https://export.example'], {})).toThrow('--bakend');
  });

  test('the support address is the back end’s unless another is given', () => {
    expect(widgetOptions(['--backend', 'https://export.example'], {}).supportLink).toBe('https://export.example');
    expect(widgetOptions(['--support-link', 'https://help.example/x'], {}).supportLink).toBe('https://help.example/x');
  });
});
