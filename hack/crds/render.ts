/** Renders what crds/generated holds, as text; no file is touched here. */
import { stringify } from 'yaml';
import { GROUP, RESOURCES } from '../../crds/constants.js';
import { customResourceDefinition } from '../../crds/definition.js';
import { DEFINITIONS } from '../../crds/kinds.js';
import { renderTypes } from './types.js';

/** One generated file, named within crds/generated. */
export interface GeneratedFile {
  readonly file: string;
  readonly content: string;
}

const NOTICE = 'Generated from crds/schemas by hack/generate-crds.ts. Do not edit.';

/** All generated files. */
export const renderAll = async (): Promise<readonly GeneratedFile[]> => [
  ...DEFINITIONS.map((definition) => ({
    file: `${GROUP}_${RESOURCES[definition.kind]}.yaml`,
    content: `# ${NOTICE}\n${stringify(customResourceDefinition(definition), { lineWidth: 120, aliasDuplicateObjects: false })}`,
  })),
  { file: 'types.ts', content: `/** ${NOTICE} */\n${await renderTypes(DEFINITIONS)}` },
];
