// @ts-check
// Improves the pages in the frame. Without it everything works as well: nothing here may be needed.

import { openForm } from "./form.js";
import { openThread } from "./thread.js";

openThread();
openForm();
