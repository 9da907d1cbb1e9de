// Lints texts as if they were the named files; prints one list of rule ids per text. Reads [{file, text}] from argv.
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';

// The rules under test need no types, and loading the project would take most of the time.
const eslint = new ESLint({ overrideConfig: [tseslint.configs.disableTypeChecked] });
const results = [];
for (const { file, text } of JSON.parse(process.argv[2])) {
  const [result] = await eslint.lintText(text, { filePath: file });
  results.push(result.messages.map((m) => ({ rule: m.ruleId, message: m.message })));
}
process.stdout.write(JSON.stringify(results));
