import type { Operator, WorldCall } from './model.ts';
import type { Random } from './random.ts';
import type { Vendor } from './vendors.ts';

export interface Spoken {
  call: WorldCall;
  vendor: Vendor;
  operator: Operator;
  phoneDigits: string;
  link: string | null;
}

/** The `params` of a call's note with the oddities that live accounts show: strings for numbers, JSON in a string, keys left out. */
export function callParams({ call, vendor, operator, phoneDigits, link }: Spoken, random: Random): unknown {
  const missed = call.talkSeconds === 0;
  const params: Record<string, unknown> = { uniq: call.uniq };
  if (call.noteDuration !== null)
    params['duration'] = random.chance(0.03) ? String(call.noteDuration) : call.noteDuration;
  params[vendor.sourceKey] = vendor.source;
  params['link'] = link ?? random.weighted([['', 60], [null, 40]] as const); // prettier-ignore
  params['phone'] = vendor.phone(phoneDigits);
  if (random.chance(0.95)) params['call_responsible'] = vendor.responsible(operator, call.direction);
  if (vendor.source === 'MangoOfficeWidget') params['call_result'] = call.direction === 'in' ? 'входящий' : 'исходящий';
  else if (random.chance(0.4)) params['call_result'] = missed ? '' : 'Разговор состоялся';
  if (missed || random.chance(0.7)) params['call_status'] = missed ? 6 : 4;
  return random.chance(0.005) ? JSON.stringify(params) : params;
}
