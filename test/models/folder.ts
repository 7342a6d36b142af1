import type { ModelAddress, ModelRegistry } from '../../src/models/registry.ts';
import { mlmodel, modelFiles } from '../../src/tracking/modelFiles/index.ts';
import { type ModelCase, modelCase } from '../tracking/modelFiles/cases.ts';

/** The files of a model's folder by their names, as they are logged. */
export function folderOf(one: ModelCase = modelCase('plain'), runId = 'r1'): Record<string, string> {
  const { files, facts } = modelFiles({ ...one, utcTimeCreated: new Date(0) });
  const place = { mlflowMajor: 3, runId, modelUuid: 'u', artifactPath: 'a', modelId: 'm-1' } as const;
  return {
    MLmodel: mlmodel(facts, place),
    'model.json': files.find(({ path }) => path === 'model.json')!.bytes.toString(),
  };
}

/** A registry in memory, which counts the questions. */
export class FakeRegistry implements ModelRegistry {
  readonly aliases = new Map<string, string>();
  /** Folders by `<name>/<version>`, the id of a logged model, or `<run>/<name>`. */
  readonly folders = new Map<string, Record<string, string>>();
  readonly asked: string[] = [];
  /** Comes before each response. */
  before: () => Promise<void> = async () => {};

  async findAlias(name: string, alias: string): Promise<string | undefined> {
    this.asked.push(`${name}@${alias}`);
    await this.before();
    return this.aliases.get(`${name}@${alias}`);
  }

  async findOfRun(runId: string, name: string): Promise<ModelAddress | undefined> {
    this.asked.push(`${runId}/${name}`);
    await this.before();
    return this.folders.has(`${runId}/${name}`) ? { kind: 'run', runId, path: name } : undefined;
  }

  async readFile(address: ModelAddress, file: string): Promise<string | undefined> {
    const folder = {
      version: () => address.kind === 'version' && `${address.name}/${address.version}`,
      model: () => address.kind === 'model' && address.modelId,
      run: () => address.kind === 'run' && `${address.runId}/${address.path}`,
    }[address.kind]() as string;
    this.asked.push(`${folder}/${file}`);
    await this.before();
    return this.folders.get(folder)?.[file];
  }
}
