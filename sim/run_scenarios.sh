#!/bin/sh
# Runs scenarios as a build server does, here or anywhere:
#
#   sim/run_scenarios.sh                        the project's own, on all cores
#   sim/run_scenarios.sh --filter door          some of them
#   sim/run_scenarios.sh mine/ --jobs 1         others, and what else `patrol scenario run` takes
#
# Leaves junit.xml and each run's recording, picture and report in $RESULTS (patrol-scenarios). The
# exit code is patrol's: 0 all as expected, 1 some not, 2 a file is broken. Without a `patrol` on
# the PATH it makes .venv, as `make` does.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
results=${RESULTS:-patrol-scenarios}
if ! patrol=$(command -v patrol); then
    make --no-print-directory -C "$root" setup
    patrol=$root/.venv/bin/patrol
fi
case ${1--} in
-*) set -- "$root/sim/scenarios" "$@" ;; # no path: the project's own
esac
mkdir -p -- "$results"
# What is passed comes last, and so is what holds.
exec "$patrol" scenario run --jobs "$(getconf _NPROCESSORS_ONLN)" \
    --junit "$results/junit.xml" --artifacts "$results" "$@"
