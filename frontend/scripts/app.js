import "./partial.js";
import "./pops.js";
import "./keys.js";
import "./lists.js";
import "./search.js";
import "./copy.js";
import "./upload.js";
import "./sums.js";
