/**
 * What the editor writes into a template's file, as published templates of others show it (rudderlabs/rudderstack-gtm-template,
 * PostHog/posthog-gtm-template-server and the like): which fields, and of which kind.
 */
type Kind = 'text' | 'number' | 'yes or no' | 'list' | 'map';

const infoFields: Readonly<Record<string, Kind>> = {
  type: 'text',
  id: 'text',
  version: 'number',
  securityGroups: 'list',
  displayName: 'text',
  brand: 'map',
  description: 'text',
  containerContexts: 'list',
  categories: 'list',
};
/** Fields of any parameter, then of one kind alone. */
const common: Readonly<Record<string, Kind>> = {
  type: 'text',
  name: 'text',
  displayName: 'text',
  help: 'text',
  enablingConditions: 'list',
};
const value: Readonly<Record<string, Kind>> = { simpleValueType: 'yes or no', valueValidators: 'list' };
const parameterFields: Readonly<Record<string, Readonly<Record<string, Kind>>>> = {
  TEXT: { ...common, ...value, defaultValue: 'text', valueHint: 'text' },
  SELECT: { ...common, ...value, macrosInSelect: 'yes or no', selectItems: 'list', defaultValue: 'text' },
  CHECKBOX: { ...common, ...value, checkboxText: 'text', defaultValue: 'yes or no' },
  GROUP: { ...common, groupStyle: 'text', subParams: 'list' },
  PARAM_TABLE: { ...common, paramTableColumns: 'list', valueValidators: 'list' },
};
/** Parameters of each permission: 1 text, 2 list, 8 yes or no. */
const permissionParams: Readonly<Record<string, Readonly<Record<string, 1 | 2 | 8>>>> = {
  logging: { environments: 1 },
  access_globals: { keys: 2 },
  inject_script: { urls: 2 },
  send_http: { allowedUrls: 1, urls: 2 },
  read_event_data: { eventDataAccess: 1, keyPatterns: 2 },
  read_request: {
    requestAccess: 1,
    bodyAllowed: 8,
    pathAllowed: 8,
    headersAllowed: 8,
    headerAccess: 1,
    headerWhitelist: 2,
    queryParametersAllowed: 8,
    queryParameterAccess: 1,
    queryParameterWhitelist: 2,
    remoteAddressAllowed: 8,
  },
  access_response: {
    writeResponseAccess: 1,
    writeStatusAllowed: 8,
    writeHeadersAllowed: 8,
    writeHeaderAccess: 1,
    writeHeaderWhitelist: 2,
    writeBodyAllowed: 8,
  },
  return_response: {},
  run_container: {},
};

const kindOf = (given: unknown): Kind | 'nothing' => {
  if (typeof given === 'string') return 'text';
  if (typeof given === 'number') return 'number';
  if (typeof given === 'boolean') return 'yes or no';
  if (Array.isArray(given)) return 'list';
  return typeof given === 'object' && given !== null ? 'map' : 'nothing';
};

type Bag = Readonly<Record<string, unknown>>;

/** What a template's file holds that published ones do not, in words. Empty: the editor may be expected to open it. */
export function formatProblems(text: string): readonly string[] {
  const parts = text.split(/^___([A-Z_]+)___$/m);
  const json = (name: string): unknown => JSON.parse(parts[parts.indexOf(name) + 1] ?? 'null');
  const permissions = parts.includes('WEB_PERMISSIONS') ? 'WEB_PERMISSIONS' : 'SERVER_PERMISSIONS';
  return [
    ...fieldProblems('INFO', json('INFO') as Bag, infoFields),
    ...(json('TEMPLATE_PARAMETERS') as Bag[]).flatMap(parameterProblems),
    ...(json(permissions) as Bag[]).flatMap(permissionProblems),
  ];
}

function fieldProblems(where: string, given: Bag, fields: Readonly<Record<string, Kind>>): readonly string[] {
  return Object.entries(given).flatMap(([name, one]) => {
    if (fields[name] === undefined) return [`${where}: nobody writes ${name}`];
    return kindOf(one) === fields[name] ? [] : [`${where}: ${name} is no ${fields[name]}`];
  });
}

function parameterProblems(given: Bag): readonly string[] {
  const { type, name, subParams = [], paramTableColumns = [] } = given;
  const fields = parameterFields[String(type)];
  if (fields === undefined) return [`field ${name}: no kind ${type}`];
  return [
    ...fieldProblems(`field ${name}`, given, fields),
    ...(subParams as Bag[]).flatMap(parameterProblems),
    ...(paramTableColumns as Bag[]).flatMap(({ param, isUnique, ...more }) => [
      ...fieldProblems(`column of ${name}`, more, {}),
      ...(kindOf(isUnique) === 'yes or no' ? [] : [`column of ${name}: isUnique is no yes or no`]),
      ...parameterProblems(param as Bag),
    ]),
  ];
}

function permissionProblems(given: Bag): readonly string[] {
  const { instance, clientAnnotations, isRequired, ...more } = given;
  const { key, param, ...rest } = instance as { key: Bag; param: { key: string; value: { type: number } }[] };
  const id = String(key['publicId']);
  const params = permissionParams[id];
  if (params === undefined) return [`permission ${id}: nobody asks for it`];
  const where = `permission ${id}`;
  // What has nothing to choose was edited by nobody.
  const annotations = param.length > 0 ? { isEditedByUser: true } : undefined;
  return [
    ...fieldProblems(where, { ...more, ...rest }, {}),
    ...(key['versionId'] === '1' ? [] : [`${where}: versionId is not "1"`]),
    ...(isRequired === true ? [] : [`${where}: isRequired is missing`]),
    ...(JSON.stringify(clientAnnotations) === JSON.stringify(annotations) ? [] : [`${where}: clientAnnotations`]),
    ...param.flatMap((one) => (params[one.key] === one.value.type ? [] : [`${where}: no ${one.key} of this kind`])),
  ];
}
