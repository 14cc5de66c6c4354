<?php
// Writes WordPress's own export to standard output. Usage: php export.php FOLDER
$_SERVER['HTTP_HOST'] = parse_url( getenv( 'FEEDKEEP_WP_HOME' ), PHP_URL_HOST );
require $argv[1] . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/export.php';
@export_wp();
