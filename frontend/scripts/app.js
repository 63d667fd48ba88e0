import "./partial.js";
import "./pops.js";
import "./keys.js";
import "./copy.js";
import "./upload.js";
