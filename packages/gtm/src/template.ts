import { parse } from 'yaml';

/** A template as the editor exports it, its sections read. */
export interface Template {
  readonly info: Info;
  readonly parameters: readonly Parameter[];
  readonly code: string;
  readonly permissions: readonly Permission[];
  readonly scenarios: readonly { readonly name: string; readonly code: string }[];
  readonly isServer: boolean;
  /** Names of the sections, in their order. */
  readonly sections: readonly string[];
}

export interface Info {
  readonly type: 'TAG' | 'CLIENT' | 'MACRO';
  readonly id: string;
  readonly version: number;
  readonly displayName: string;
  readonly description: string;
  readonly categories?: readonly string[];
  readonly brand: { readonly id: string; readonly displayName: string };
  readonly securityGroups: readonly string[];
  readonly containerContexts: readonly string[];
}

export interface Parameter {
  readonly type: string;
  readonly name: string;
  readonly displayName?: string;
  readonly subParams?: readonly Parameter[];
  readonly paramTableColumns?: readonly { readonly param: Parameter }[];
}

/** A permission with its parameters as plain values. */
export interface Permission {
  readonly id: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** A value as the export spells it: 1 text, 2 list, 3 map, 8 yes or no. */
type Spelled =
  | { readonly type: 1; readonly string: string }
  | { readonly type: 2; readonly listItem: readonly Spelled[] }
  | { readonly type: 3; readonly mapKey: readonly Spelled[]; readonly mapValue: readonly Spelled[] }
  | { readonly type: 8; readonly boolean: boolean };

interface SpelledPermission {
  readonly instance: {
    readonly key: { readonly publicId: string; readonly versionId: string };
    readonly param?: readonly { readonly key: string; readonly value: Spelled }[];
  };
}

/** Reads a `template.tpl`. @throws Error when a section is missing or cannot be read */
export function parseTemplate(text: string): Template {
  const parts = text.split(/^___([A-Z_]+)___$/m);
  const sections = parts.filter((_, at) => at % 2 === 1);
  const section = (name: string): string => {
    const at = parts.indexOf(name);
    if (at < 0) throw new Error(`there is no section ${name}`);
    return (parts[at + 1] as string).trim();
  };
  const isServer = sections.includes('SANDBOXED_JS_FOR_SERVER');
  const permissions = JSON.parse(section(isServer ? 'SERVER_PERMISSIONS' : 'WEB_PERMISSIONS')) as SpelledPermission[];
  return {
    info: JSON.parse(section('INFO')) as Info,
    parameters: JSON.parse(section('TEMPLATE_PARAMETERS')) as Parameter[],
    code: section(isServer ? 'SANDBOXED_JS_FOR_SERVER' : 'SANDBOXED_JS_FOR_WEB_TEMPLATE'),
    permissions: permissions.map(({ instance: { key, param = [] } }) => ({
      id: key.publicId,
      values: Object.fromEntries(param.map((one) => [one.key, plain(one.value)])),
    })),
    scenarios: (parse(section('TESTS')) as { scenarios: Template['scenarios'] }).scenarios,
    isServer,
    sections,
  };
}

function plain(value: Spelled): unknown {
  switch (value.type) {
    case 1:
      return value.string;
    case 2:
      return value.listItem.map(plain);
    case 3:
      return Object.fromEntries(value.mapKey.map((key, at) => [plain(key), plain(value.mapValue[at] as Spelled)]));
    case 8:
      return value.boolean;
  }
}
