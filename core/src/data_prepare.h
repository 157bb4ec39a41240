// `modhost data prepare NAME` and `modhost data verify NAME`, and the same before a run.
#pragma once

#include "command_line.h"
#include "component_source.h"
#include "modhost/progress.h"
#include "run_components.h"

namespace modhost::core {

// Fetches what the dataset reads and is missing or wrong; one line for each file. Returns the exit
// code; throws Error.
int data_prepare_command(const CommandLine& line, ComponentSource& source);

// One line for each file; Error(data) at the end when one is missing or wrong.
int data_verify_command(const CommandLine& line, ComponentSource& source);

// When the dataset says that missing files are to be fetched (`--dataset.download true`): fetches
// them, by name and size. Nothing otherwise.
void fetch_when_asked(const CommandLine& line, const Chosen<DatasetEntry>& chosen,
                      const modhost::DatasetBase& dataset, const modhost::StopSignal& stop);

}  // namespace modhost::core
