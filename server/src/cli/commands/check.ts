import type { Shipped } from '../../host/shipped.ts';
import { version } from '../../host/version.ts';
import type { Diagnostic } from '../../language/diagnostic.ts';
import type { SourceFile } from '../../language/source.ts';
import type { Analysis } from '../../services/analysis.ts';
import { shownDiagnostics } from '../../services/findings/placed.ts';
import { launchDiagnostics } from '../../services/launches/findings.ts';
import { toGithub } from '../formats/github.ts';
import { toJson } from '../formats/json.ts';
import { toSarif } from '../formats/sarif.ts';
import { toText } from '../formats/text.ts';
import { Loader } from '../load.ts';

export const CHECK_FORMATS = ['text', 'json', 'sarif', 'github'] as const;

/** The findings in one file, ready for any output format. */
export interface CheckedFile {
  /** Relative to the working folder, with `/`, or a pipe as it was named. */
  readonly path: string;
  /** The text that findings are about: the plan, or the launch that was read as one. */
  readonly source: Pick<SourceFile, 'uri' | 'text' | 'lineIndex'>;
  /** The plan and what it imports, for notes that lead there. */
  readonly files: ReadonlyMap<string, Pick<SourceFile, 'lineIndex'>>;
  readonly diagnostics: readonly Diagnostic[];
}

/** A plan with its findings, all that an editor would show unless others are given. */
export function checkedPlan(
  path: string,
  analysis: Analysis,
  diagnostics: readonly Diagnostic[] = shownDiagnostics(analysis),
): CheckedFile {
  const files = new Map<string, Pick<SourceFile, 'lineIndex'>>(analysis.program.files);
  for (const { uri } of diagnostics.flatMap(({ related }) => related ?? [])) {
    const launch = files.has(uri) ? undefined : analysis.launchAt(uri);
    if (launch) files.set(uri, launch);
  }
  return { path, source: analysis.source, files, diagnostics };
}

/** Checks files and prints the findings. Hints are for editors and are not printed. True when there is no error. */
export function check(files: readonly string[], format: (typeof CHECK_FORMATS)[number], shipped: Shipped): boolean {
  const loader = new Loader(shipped);
  const checked = files.map((file): CheckedFile => {
    const { analysis, path, launch } = loader.loadToCheck(file);
    if (!launch) return checkedPlan(path, analysis);
    return {
      path,
      source: { ...launch.file, lineIndex: launch.lineIndex },
      files: analysis.program.files,
      diagnostics: launchDiagnostics(launch, analysis),
    };
  });
  const print = {
    text: toText,
    json: toJson,
    sarif: (checkedFiles: readonly CheckedFile[]) => toSarif(checkedFiles, version),
    github: toGithub,
  }[format];
  process.stdout.write(print(checked));
  return checked.every(({ diagnostics }) => diagnostics.every(({ severity }) => severity !== 'error'));
}
