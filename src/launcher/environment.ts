/** Variables that mislead the Python or pip of a venv, slow down each start, or set options of MLflow's command line. */
const MISLEADING =
  /^(MLFLOW_.*|PYTHONPATH|PYTHONHOME|VIRTUAL_ENV|PIP_USER|PIP_TARGET|PIP_PREFIX|PYTHONDONTWRITEBYTECODE)$/;

/** The environment of this process without the variables that would mislead the Python of a venv. */
export function pythonEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !MISLEADING.test(name));
  return { ...Object.fromEntries(kept), PYTHONUNBUFFERED: '1', PYTHONNOUSERSITE: '1' };
}
