// SPDX-License-Identifier: Apache-2.0
//
// The suite's converted scripts as commands (text/script/script.h): modules are binary
// files beside the .json.
#pragma once

#include "test/spec/json.h"
#include "text/script/script.h"

// The commands of a list {"commands": [...]}; modules lie in `folder`. All of it stays
// while the body is used.
struct script_body json_script_body(const struct json *list, const char *folder);

extern const struct script_source json_script_source;
