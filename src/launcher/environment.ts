/** Names that would turn a venv's Python or its pip from their way, slow each start, or set an option of MLflow's command line. */
const MISLEADING =
  /^(MLFLOW_.*|PYTHONPATH|PYTHONHOME|VIRTUAL_ENV|PIP_USER|PIP_TARGET|PIP_PREFIX|PYTHONDONTWRITEBYTECODE)$/;

/** Our environment for a child that runs a venv's Python, without the names that would mislead it. */
export function pythonEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !MISLEADING.test(name));
  return { ...Object.fromEntries(kept), PYTHONUNBUFFERED: '1', PYTHONNOUSERSITE: '1' };
}
