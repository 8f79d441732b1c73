import { fieldsOf } from '../world/custom-fields.ts';
import type { CustomField, Pipeline, Status } from '../world/model.ts';
import { LOSS_REASONS, PIPELINES, TAGS } from '../world/pipelines.ts';
import type { Account } from './account.ts';
import { EMPTY, hal } from './answers.ts';
import { lossReasonOf } from './entity-shapes.ts';
import { numbersAt, orderAt, stringsAt } from './filters.ts';
import { href, listAnswer, readPage, sliced } from './paging.ts';
import { type ApiRequest, idParam } from './request.ts';
import { entityParam, type Route } from './route.ts';

/** What the account's cards are made of: custom fields, pipelines with their statuses, loss reasons, tags. */
export function catalogueRoutes(account: Account): Route[] {
  return [
    {
      method: 'GET',
      path: '/api/v4/{entity}/custom_fields',
      handle: (request) => {
        const all = fieldsOf(entityParam(request));
        const types = stringsAt(request.query, 'filter', 'type');
        const fields = all.filter((field) => types === undefined || types.has(field.type));
        if (orderAt(request.query, ['sort', 'id'] as const)?.by === 'id') fields.sort((a, b) => a.id - b.id);
        const page = readPage(request, 250);
        const { items, more } = sliced(fields, page);
        const shown = items.map((field) => fieldOf(account, request, field, all.indexOf(field)));
        return listAnswer(request, page, { name: 'custom_fields', items: shown, more, total: fields.length });
      },
    },
    {
      method: 'GET',
      path: '/api/v4/{entity}/custom_fields/groups',
      handle: (request) => {
        const groups = [
          { id: 'default', name: 'Основное', is_predefined: true, type: 'custom_field_group' },
          { id: 'statistic', name: 'Статистика', is_predefined: true, type: 'linked_group' },
        ].map((group, sort) => {
          const self = href(`${request.origin}${request.path}/${group.id}`);
          return { ...group, entity_type: entityParam(request), sort, _links: { self } };
        });
        return hal({ _total_items: groups.length, _embedded: { custom_field_groups: groups } });
      },
    },
    {
      method: 'GET',
      path: '/api/v4/{entity}/custom_fields/{id}',
      handle: (request) => {
        const fields = fieldsOf(entityParam(request));
        const field = fields.find((one) => one.id === idParam(request, 'id'));
        return field === undefined ? EMPTY : hal(fieldOf(account, request, field, fields.indexOf(field)));
      },
    },
    {
      method: 'GET',
      path: '/api/v4/leads/pipelines',
      handle: (request) =>
        hal({
          _total_items: PIPELINES.length,
          _links: { self: href(`${request.origin}/api/v4/leads/pipelines`) },
          _embedded: { pipelines: PIPELINES.map((pipeline) => pipelineOf(account, request, pipeline)) },
        }),
    },
    {
      method: 'GET',
      path: '/api/v4/leads/pipelines/{id}',
      handle: (request) => {
        const pipeline = PIPELINES.find((one) => one.id === idParam(request, 'id'));
        return pipeline === undefined ? EMPTY : hal(pipelineOf(account, request, pipeline));
      },
    },
    {
      method: 'GET',
      path: '/api/v4/leads/pipelines/{id}/statuses',
      handle: (request) => {
        const pipeline = PIPELINES.find((one) => one.id === idParam(request, 'id'));
        if (pipeline === undefined) return EMPTY;
        return hal({
          _total_items: pipeline.statuses.length,
          _embedded: {
            statuses: pipeline.statuses.map((status) => ({
              ...statusOf(account, request, pipeline, status),
              ...descriptionsOf(request),
            })),
          },
        });
      },
    },
    {
      method: 'GET',
      path: '/api/v4/leads/pipelines/{id}/statuses/{statusId}',
      handle: (request) => {
        const pipeline = PIPELINES.find((one) => one.id === idParam(request, 'id'));
        const status = pipeline?.statuses.find((one) => one.id === idParam(request, 'statusId'));
        if (pipeline === undefined || status === undefined) return EMPTY;
        return hal({ ...statusOf(account, request, pipeline, status), ...descriptionsOf(request) });
      },
    },
    {
      method: 'GET',
      path: '/api/v4/leads/loss_reasons',
      handle: (request) => {
        const page = readPage(request, 250);
        const { items, more } = sliced(LOSS_REASONS, page);
        const shown = items.map((reason) => lossReasonOf(request, reason));
        return listAnswer(request, page, { name: 'loss_reasons', items: shown, more, total: LOSS_REASONS.length });
      },
    },
    {
      method: 'GET',
      path: '/api/v4/leads/loss_reasons/{id}',
      handle: (request) => {
        const reason = LOSS_REASONS.find((one) => one.id === idParam(request, 'id'));
        return reason === undefined ? EMPTY : hal(lossReasonOf(request, reason));
      },
    },
    {
      method: 'GET',
      path: '/api/v4/{entity}/tags',
      handle: (request) => {
        const page = readPage(request, 250);
        const ids = numbersAt(request.query, 'filter', 'id');
        const names = stringsAt(request.query, 'filter', 'name');
        const tags = TAGS.filter(
          ({ id, name }) => (ids === undefined || ids.has(id)) && (names === undefined || names.has(name)),
        );
        return listAnswer(request, page, { name: 'tags', ...sliced(tags, page) });
      },
    },
  ];
}

function fieldOf(account: Account, request: ApiRequest, field: CustomField, at: number): unknown {
  return {
    id: field.id,
    name: field.name,
    type: field.type,
    account_id: account.identity.accountId,
    code: field.code,
    sort: 500 + at,
    is_api_only: false,
    enums: field.enums?.map(({ id, value, sort }) => ({ id, value, sort })) ?? null,
    group_id: null,
    required_statuses: [],
    is_deletable: field.code === null,
    is_predefined: field.code !== null,
    entity_type: field.entityType,
    tracking_callback: null,
    remind: null,
    triggers: [],
    currency: field.type === 'monetary' ? 'RUB' : null,
    hidden_statuses: [],
    chained_lists: null,
    _links: { self: href(`${request.origin}/api/v4/${field.entityType}/custom_fields/${field.id}`) },
  };
}

function pipelineOf(account: Account, request: ApiRequest, pipeline: Pipeline): unknown {
  return {
    id: pipeline.id,
    name: pipeline.name,
    sort: pipeline.sort,
    is_main: pipeline.isMain,
    is_unsorted_on: true,
    is_archive: false,
    account_id: account.identity.accountId,
    _links: { self: href(`${request.origin}/api/v4/leads/pipelines/${pipeline.id}`) },
    _embedded: { statuses: pipeline.statuses.map((status) => statusOf(account, request, pipeline, status)) },
  };
}

/** Nobody has written any, which is what a status shows when asked. */
function descriptionsOf(request: ApiRequest) {
  return stringsAt(request.query, 'with')?.has('descriptions') === true ? { descriptions: [] } : {};
}

function statusOf(account: Account, request: ApiRequest, pipeline: Pipeline, status: Status) {
  return {
    id: status.id,
    name: status.name,
    sort: status.sort,
    is_editable: status.isEditable,
    pipeline_id: pipeline.id,
    color: status.color,
    type: status.type,
    account_id: account.identity.accountId,
    _links: { self: href(`${request.origin}/api/v4/leads/pipelines/${pipeline.id}/statuses/${status.id}`) },
  };
}
